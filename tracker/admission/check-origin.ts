import { refuseJoin, type AdmissionCheck } from './check.js';

/**
 * Where a stream lists origins, the page must come from one of them; compared as RFC 6454
 * serializes them. `https://*.example.com` stands for every name below example.com, not for itself.
 */
export const originIsAllowed: AdmissionCheck = ({ stream, origin }) => {
  if (stream === undefined || stream.origins.length === 0) return undefined;
  const asked = origin?.toLowerCase() ?? '';
  const isListed = stream.origins.some((listed) =>
    covers(listed.toLowerCase().replace(/\/$/, ''), asked),
  );
  return isListed
    ? undefined
    : refuseJoin('origin_refused', 'pages of this origin may not join the stream');
};

function covers(listed: string, asked: string): boolean {
  const [scheme = '', parent] = listed.split('*');
  if (parent === undefined) return listed === asked;
  const names = asked.slice(scheme.length, -parent.length);
  return asked === `${scheme}${names}${parent}` && /^[a-z0-9.-]+$/.test(names);
}
