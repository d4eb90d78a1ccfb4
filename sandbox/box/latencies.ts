/**
 * Round-trip times between AWS regions, from the great-circle distance of their places: light in fibre covers
 * 200 km a millisecond and cables are about half as long again as the direct way. AWS's own latency tables are
 * not public; who is nearest to whom, which is all that latency routing asks, comes out the same.
 */
const PLACES: Readonly<Record<string, readonly [latitude: number, longitude: number]>> = {
  "us-east-1": [38.9, -77.4],
  "us-east-2": [40.0, -83.0],
  "us-west-1": [37.4, -121.9],
  "us-west-2": [45.8, -119.7],
  "ca-central-1": [45.5, -73.6],
  "ca-west-1": [51.0, -114.1],
  "mx-central-1": [20.6, -100.4],
  "sa-east-1": [-23.5, -46.6],
  "eu-west-1": [53.3, -6.3],
  "eu-west-2": [51.5, -0.1],
  "eu-west-3": [48.9, 2.4],
  "eu-central-1": [50.1, 8.7],
  "eu-central-2": [47.4, 8.5],
  "eu-north-1": [59.3, 18.1],
  "eu-south-1": [45.5, 9.2],
  "eu-south-2": [41.6, -0.9],
  "il-central-1": [32.1, 34.8],
  "me-south-1": [26.1, 50.6],
  "me-central-1": [24.5, 54.4],
  "af-south-1": [-33.9, 18.4],
  "ap-south-1": [19.1, 72.9],
  "ap-south-2": [17.4, 78.5],
  "ap-southeast-1": [1.3, 103.8],
  "ap-southeast-2": [-33.9, 151.2],
  "ap-southeast-3": [-6.2, 106.8],
  "ap-southeast-4": [-37.8, 145.0],
  "ap-southeast-5": [3.1, 101.7],
  "ap-southeast-7": [13.8, 100.5],
  "ap-east-1": [22.3, 114.2],
  "ap-northeast-1": [35.7, 139.7],
  "ap-northeast-2": [37.6, 127.0],
  "ap-northeast-3": [34.7, 135.5],
};

const EARTH_RADIUS_KM = 6371;
const FIBRE_KM_PER_MS = 200;
const CABLE_DETOUR = 1.5;
const INSIDE_A_REGION_MS = 1;

/** The regions that the sandbox knows a place for. */
export const REGIONS: readonly string[] = Object.keys(PLACES);

/** Round-trip time in milliseconds between two regions; Infinity when one of them is not known. */
export function latency(from: string, to: string): number {
  const a = PLACES[from];
  const b = PLACES[to];
  if (!a || !b) return Infinity;
  const [lat1, lon1, lat2, lon2] = [...a, ...b].map((degrees) => (degrees * Math.PI) / 180);
  // The haversine formula.
  const h =
    Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin((lon2 - lon1) / 2) ** 2;
  const km = 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(h));
  return INSIDE_A_REGION_MS + (2 * km * CABLE_DETOUR) / FIBRE_KM_PER_MS;
}
