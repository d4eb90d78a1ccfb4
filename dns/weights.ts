/** The largest weight that Route 53 takes. */
const LARGEST = 255;

/**
 * What part of the users each member gets, as its part of the replicas: 1 to 255, 0 for a member without. By name.
 */
export function weights(
  members: readonly { readonly name: string; readonly replicas: number }[],
): Record<string, number> {
  const most = Math.max(LARGEST, ...members.map(({ replicas }) => replicas));
  return Object.fromEntries(
    members.map(({ name, replicas }) => [
      name,
      replicas > 0 ? Math.max(1, Math.round((replicas * LARGEST) / most)) : 0,
    ]),
  );
}
