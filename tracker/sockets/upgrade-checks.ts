/** What is known of the tracker's ports when somebody asks for a socket. */
export interface UpgradeCircumstances {
  /** False: this tracker stops. */
  readonly isAccepting: boolean;
  readonly sockets: number;
  readonly socketsMax: number;
  /** Of the viewer's address, or its block. */
  readonly socketsOfAddress: number;
  readonly socketsPerAddressMax: number;
}

interface UpgradeCheck {
  readonly name: string;
  /** The status line of the answer to who isn't taken. */
  readonly status: string;
  readonly refuses: (circumstances: UpgradeCircumstances) => boolean;
}

/**
 * What is looked at, in this order, before a viewer has a socket; the first that refuses counts. Of
 * streams nothing is known here: tracker/admission/admission.ts.
 */
export const upgradeChecks = [
  {
    name: 'stopping',
    status: '503 Service Unavailable',
    refuses: ({ isAccepting }) => !isAccepting,
  },
  {
    name: 'sockets_max',
    status: '503 Service Unavailable',
    refuses: ({ sockets, socketsMax }) => sockets >= socketsMax,
  },
  {
    name: 'sockets_per_address_max',
    status: '429 Too Many Requests',
    refuses: ({ socketsOfAddress, socketsPerAddressMax }) =>
      socketsOfAddress >= socketsPerAddressMax,
  },
] as const satisfies readonly UpgradeCheck[];

/** Why a socket isn't taken: the check that refuses it. */
export type UpgradeRefusal = (typeof upgradeChecks)[number];
export type SocketRefusal = UpgradeRefusal['name'];

/** Undefined: all of them let it in. */
export function refusalOf(circumstances: UpgradeCircumstances): UpgradeRefusal | undefined {
  return upgradeChecks.find(({ refuses }) => refuses(circumstances));
}
