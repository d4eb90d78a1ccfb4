/** Runs in the box: one call of EC2 in a region, its answer as JSON. `aws.ts REGION OPERATION INPUT` */
import { EC2 } from "@aws-sdk/client-ec2";

async function main([region, operation, input]: string[]): Promise<void> {
  const client = new EC2({ region }) as unknown as Record<string, (input: unknown) => Promise<unknown>>;
  console.log(JSON.stringify(await client[operation](JSON.parse(input))));
}

void main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
