/**
 * What AWS asks, in US dollars, without taxes, traffic and free tiers: the only place in this project where prices are for
 * computing. Instances of us-east-1 are of the price list as generated on that day; us-east-2 and us-west-2 have the same
 * ones. The others are those of AWS's price pages. What is not in here is said to be unknown, never guessed.
 */
export const PRICES_AS_OF = { date: "2026-01-19", source: "https://aws.amazon.com/pricing/" };

/** Prices of one region. */
export interface RegionPrices {
  /** Linux on demand, an hour, by instance type. */
  readonly instances: Readonly<Record<string, number>>;
  /** gp3, a GiB and month. */
  readonly volume: number;
  /** An hour, without capacity units. */
  readonly networkBalancer: number;
  readonly classicBalancer: number;
  readonly natGateway: number;
}

/** Hours of a month, as AWS's own calculator counts. */
export const HOURS = 730;

/** An hour, in use or not, the same in every region. */
export const PUBLIC_ADDRESS = 0.005;

/** A month. */
export const HOSTED_ZONE = 0.5;
export const HEALTH_CHECK = 0.5;
/** A month, for each of: every 10 seconds, HTTPS, a text to find in the answer. */
export const HEALTH_CHECK_FEATURE = 1;

const northAmerica: RegionPrices = {
  instances: {
    ...{
      "t2.micro": 0.0116,
      "t2.small": 0.023,
      "t2.medium": 0.0464,
      "t2.large": 0.0928,
      "t2.xlarge": 0.1856,
    },
    ...{ "t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416, "t3.large": 0.0832 },
    ...{ "t3.xlarge": 0.1664, "t3.2xlarge": 0.3328 },
    ...{ "t3a.small": 0.0188, "t3a.medium": 0.0376, "t3a.large": 0.0752, "t3a.xlarge": 0.1504 },
    ...{ "m5.large": 0.096, "m5.xlarge": 0.192, "m5.2xlarge": 0.384 },
    ...{ "m6i.large": 0.096, "m6i.xlarge": 0.192, "m6i.2xlarge": 0.384 },
    ...{ "m7i.large": 0.1008, "m7i.xlarge": 0.2016, "m7i.2xlarge": 0.4032 },
    ...{ "c5.large": 0.085, "c5.xlarge": 0.17, "c6i.large": 0.085, "c6i.xlarge": 0.17 },
    ...{ "r5.large": 0.126, "r5.xlarge": 0.252, "r6i.large": 0.126, "r6i.xlarge": 0.252 },
  },
  volume: 0.08,
  networkBalancer: 0.0225,
  classicBalancer: 0.025,
  natGateway: 0.045,
};

/** By region. */
export const PRICES: Readonly<Record<string, RegionPrices>> = {
  "us-east-1": northAmerica,
  "us-east-2": northAmerica,
  "us-west-2": northAmerica,
  "eu-west-1": {
    instances: {
      ...{ "t2.micro": 0.0126, "t2.small": 0.025, "t2.medium": 0.05 },
      ...{ "t3.micro": 0.0114, "t3.small": 0.0228, "t3.medium": 0.0456, "t3.large": 0.0912 },
      ...{ "t3.xlarge": 0.1824, "t3.2xlarge": 0.3648 },
      ...{ "m5.large": 0.107, "m5.xlarge": 0.214, "m5.2xlarge": 0.428 },
    },
    volume: 0.088,
    networkBalancer: 0.0252,
    classicBalancer: 0.028,
    natGateway: 0.048,
  },
  "ap-northeast-1": {
    instances: {
      ...{ "t2.micro": 0.0152, "t2.small": 0.0304, "t2.medium": 0.0608, "t2.large": 0.1216 },
      ...{ "t3.micro": 0.0136, "t3.small": 0.0272, "t3.medium": 0.0544, "t3.large": 0.1088 },
      ...{ "t3.xlarge": 0.2176, "t3.2xlarge": 0.4352 },
      ...{ "m5.large": 0.124, "m5.xlarge": 0.248, "m5.2xlarge": 0.496 },
    },
    volume: 0.096,
    networkBalancer: 0.0243,
    classicBalancer: 0.027,
    natGateway: 0.062,
  },
};
