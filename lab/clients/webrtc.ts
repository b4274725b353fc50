import { requirePublished } from './published.js';

/** WebRTC for Node, which bittorrent-tracker 9 is handed, and 11 finds in place of its own. */
export const wrtc = requirePublished('@roamhq/wrtc') as {
  readonly RTCPeerConnection: unknown;
  readonly RTCSessionDescription: unknown;
  readonly RTCIceCandidate: unknown;
};

export const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = wrtc;
