import type { Hello } from '../../protocol/index.js';
import { browsers, roles, type Browser, type Role } from '../../schemas/index.js';
import { familyOfBrands } from '../sockets/browser-brands.js';

/** As `navigator.userAgentData.brands` gives them there are three or four. */
const brandsMax = 16;

/** The family that a viewer names in hello, or that the brands there do; undefined for neither. */
export function toldBrowser({ browser, brands }: Hello): Browser | undefined {
  const named =
    typeof browser === 'string'
      ? browsers.find((family) => family.toLowerCase() === browser.toLowerCase())
      : undefined;
  return named ?? (Array.isArray(brands) ? familyOfBrands(namesOf(brands)) : undefined);
}

/** What the session says that it is; a viewer where it says nothing known. */
export function toldRole({ role }: Hello): Role {
  return roles.find((known) => known === role) ?? 'viewer';
}

function namesOf(brands: readonly unknown[]): string[] {
  return brands.slice(0, brandsMax).flatMap((one) => {
    const isBrand = typeof one === 'object' && one !== null && 'brand' in one;
    return isBrand && typeof one.brand === 'string' ? [one.brand] : [];
  });
}
