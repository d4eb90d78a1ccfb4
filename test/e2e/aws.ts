/** Runs in the box: one call of an AWS service in a region, its answer as JSON. `aws.ts SERVICE REGION OPERATION INPUT` */
import { EC2 } from "@aws-sdk/client-ec2";
import { S3 } from "@aws-sdk/client-s3";
import { SSM } from "@aws-sdk/client-ssm";

const services = { ec2: EC2, s3: S3, ssm: SSM };

async function main([service, region, operation, input]: string[]): Promise<void> {
  const client = new services[service as keyof typeof services]({ region });
  const call = client as unknown as Record<string, (input: unknown) => Promise<object>>;
  const { $metadata, ...answer } = (await call[operation](JSON.parse(input))) as Record<string, unknown>;
  void $metadata;
  console.log(JSON.stringify(answer));
}

void main(process.argv.slice(2)).catch((error: Error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
