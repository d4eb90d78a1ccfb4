import type * as pulumi from "@pulumi/pulumi";

/** A record as it is shown to people. */
export interface PublishedRecord {
  readonly name: string;
  readonly type: pulumi.Input<string>;
  /** Seconds; an ALIAS has its target's. */
  readonly ttl: number;
  /** "" where the name has this one record. */
  readonly setIdentifier: string;
  readonly value: pulumi.Input<string>;
}

/** Where an app is reached, and from when on. */
export interface Reached {
  /** Host name to send users to, or address, by member. */
  readonly endpoints: Readonly<Record<string, pulumi.Input<string>>>;
  /** What has to run before anybody is sent there. */
  readonly ready: pulumi.Output<pulumi.Resource[]>;
}

/** Who keeps the names of the stack: its domain, and the records of its apps. */
export interface Keeper {
  /** Whom the world, or whoever is to know the names, has to ask. */
  readonly nameServers: pulumi.Output<string[]>;
  /** Whether the parent domain sends the world there; undefined where it is nobody's business. */
  readonly delegated?: pulumi.Output<boolean>;
  /**
   * Has nobody led any more to the members of an app that lose their replicas; what moves replicas depends on it.
   * Undefined for an app without a name.
   */
  withdraw(app: string): pulumi.Resource | undefined;
  /** Leads users to the members of an app that run replicas, as soon as they do. Undefined for an app without a name. */
  record(app: string, reached: Reached): readonly PublishedRecord[] | undefined;
}
