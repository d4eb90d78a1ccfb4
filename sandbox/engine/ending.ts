/** Why an engine ended that told of no error: killed, it told of nothing, and its text is all that it had done. */
export function ending({ message }: Error): string {
  const [, signal] = /Command was killed with (SIG\w+)/.exec(message) ?? [];
  return signal
    ? `the engine was killed (${signal}); the next run takes up what it was making, and goes on from there`
    : message;
}
