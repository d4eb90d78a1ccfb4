/** A setting that a script's resource hands over in the environment, where the process list does not show it. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: this script is run by a resource of the stack`);
  return value;
}

/** The end of a script that failed: the error, and the remedy where it names none itself, on stderr, which the engine shows, and exit code 1. */
export function fail(remedy?: string): (error: Error) => void {
  return (error) => {
    console.error([error.message, remedy].filter(Boolean).join("\n"));
    process.exitCode = 1;
  };
}
