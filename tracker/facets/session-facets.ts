import {
  facetNames,
  holdbackFacets,
  type FacetName,
  type FacetValue,
} from '../../schemas/index.js';
import type { HoldbackGroup } from '../policy/session-policy.js';
import type { Network } from '../swarm/network.js';
import { BoundedValues } from './bounded-values.js';
import type { Platform } from './platform.js';

/** The values that sessions of a stream may have for each of its labels. */
export type StreamLabels = ReadonlyMap<string, ReadonlySet<string>>;

/** What is known of a session. */
export interface FacetSource extends Platform {
  readonly network: Network;
  readonly player: string;
  /** Whatever it said of its labels. */
  readonly labels: unknown;
  readonly streamLabels: StreamLabels;
}

/** A session's facets, to be released with it. */
export interface HeldFacets {
  readonly values: readonly FacetValue[];
  release(): void;
}

export interface SessionFacetsOptions {
  readonly names: readonly FacetName[];
  /** False: no file says where an address is. */
  readonly knowsNetworks: boolean;
  /** Networks that are told apart at a time: there are 80 000. */
  readonly networksMax: number;
  /** Told of each value that counts as `other`; `label` stands for all labels. */
  readonly onOther: (facet: string) => void;
}

/** Above it the same value may be told twice in one batch, which does no harm. */
const knownMax = 100_000;
const labelPrefix = 'label.';

/**
 * What sessions tell of facets: of each that is told here every session has one value, `unknown`
 * where nothing is known, so that the values of a facet add up to all. Of each there are few, or
 * cells would be without end.
 */
export class SessionFacets {
  readonly #networks: BoundedValues;
  readonly #known = new Map<string, FacetValue>();
  readonly #told: readonly FacetName[];

  constructor(private readonly options: SessionFacetsOptions) {
    const { names, knowsNetworks, networksMax } = options;
    this.#networks = new BoundedValues(networksMax);
    this.#told = facetNames.filter(
      (name) => names.includes(name) && (knowsNetworks || !isOfAddress(name)),
    );
  }

  hold(source: FacetSource): HeldFacets {
    const isNetworkTold = this.#told.includes('network') && source.network.system !== 0;
    const system = `AS${source.network.system}`;
    const network = isNetworkTold ? this.#networks.hold(system) : 'unknown';
    const valueOf: Readonly<Record<FacetName, string>> = {
      country: source.network.country === '' ? 'unknown' : source.network.country,
      network,
      device: source.device,
      system: source.system,
      player: source.player,
    };
    const values = [
      ...this.#told.map((facet) => this.#value(facet, valueOf[facet])),
      ...this.#labels(source),
    ];
    for (const { facet, value } of values) {
      if (value === 'other') this.options.onOther(facet.startsWith(labelPrefix) ? 'label' : facet);
    }
    return {
      values,
      release: () => {
        if (network === system) this.#networks.release(system);
      },
    };
  }

  /** With the group of a session, where its stream holds some back; whatever else is told here. */
  withGroup(
    values: readonly FacetValue[],
    group: HoldbackGroup | undefined,
  ): readonly FacetValue[] {
    if (group === undefined) return values;
    return [
      ...values,
      this.#value(holdbackFacets.group, group.name),
      this.#value(holdbackFacets.part, group.part),
    ];
  }

  #labels({ labels, streamLabels }: FacetSource): FacetValue[] {
    const told = new Map<string, unknown>(Object.entries(Object(labels) as object));
    return Array.from(streamLabels, ([name, allowed]) => {
      const value = told.get(name);
      const isTold = typeof value === 'string' && value !== '';
      const known = isTold && allowed.has(value) ? value : 'other';
      return this.#value(`${labelPrefix}${name}`, isTold ? known : 'unknown');
    });
  }

  #value(facet: string, value: string): FacetValue {
    const key = `${facet}\0${value}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= knownMax) this.#known.clear();
      known = Object.freeze({ facet, value });
      this.#known.set(key, known);
    }
    return known;
  }
}

function isOfAddress(name: FacetName): boolean {
  return name === 'country' || name === 'network';
}
