import { crc32 } from "node:zlib";
import type { Route } from "@aws-sdk/client-ec2";
import { arn } from "./arn";
import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { filters, isSet } from "./shapes";
import { ec2Tags, fromList, tagSpecifications } from "./tags";
import { retrying, until, untilGone } from "./wait";

const NO_TABLE = ["InvalidRouteTableID.NotFound"];

/** Upstream: aws_route_table; its routes are resources of their own here. */
export const routeTable: Spec = {
  inputs: ["vpcId"],
  required: ["vpcId"],
  replaceOn: ["vpcId"],
  computed: ["arn", "ownerId", "propagatingVgws", "routes"],
  tags: ec2Tags,
  async create(call) {
    const TagSpecifications = tagSpecifications(call, "route-table");
    const { RouteTable } = await call.ec2.createRouteTable({ VpcId: call.inputs.vpcId, TagSpecifications });
    return RouteTable!.RouteTableId!;
  },
  async read(call) {
    const found = await findTable(call, call.id);
    if (!found) return undefined;
    return {
      arn: await arn(call, "ec2", `route-table/${call.id}`, found.OwnerId),
      ownerId: found.OwnerId,
      propagatingVgws: (found.PropagatingVgws ?? []).map((gateway) => gateway.GatewayId),
      routes: (found.Routes ?? []).filter((route) => route.GatewayId !== "local").map(routeBlock),
      tagsAll: fromList(found.Tags),
      vpcId: found.VpcId,
    };
  },
  async delete(call) {
    const found = await findTable(call, call.id);
    for (const association of found?.Associations ?? []) {
      if (association.Main) continue;
      const gone = ["InvalidAssociationID.NotFound"];
      const AssociationId = association.RouteTableAssociationId;
      await unless(gone, () => call.ec2.disassociateRouteTable({ AssociationId }));
    }
    const remove = () => unless(NO_TABLE, () => call.ec2.deleteRouteTable({ RouteTableId: call.id }));
    await retrying(["DependencyViolation"], call.seconds(300), call.signal, remove);
    await untilGone(`route table ${call.id}`, 300, call.signal, () => findTable(call, call.id));
  },
};

async function findTable({ ec2 }: Call, id: string) {
  return (await unless(NO_TABLE, () => ec2.describeRouteTables({ RouteTableIds: [id] })))?.RouteTables?.[0];
}

function routeBlock(route: Route) {
  return {
    cidrBlock: route.DestinationCidrBlock ?? "",
    destinationPrefixListId: route.DestinationPrefixListId ?? "",
    ipv6CidrBlock: route.DestinationIpv6CidrBlock ?? "",
    gatewayId: route.GatewayId ?? "",
    natGatewayId: route.NatGatewayId ?? "",
    networkInterfaceId: route.NetworkInterfaceId ?? "",
    vpcPeeringConnectionId: route.VpcPeeringConnectionId ?? "",
  };
}

const DESTINATIONS = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"];
const TARGETS = ["gatewayId", "natGatewayId", "networkInterfaceId", "vpcPeeringConnectionId"];

/** Upstream: aws_route. */
export const route: Spec = {
  inputs: ["routeTableId", ...DESTINATIONS, ...TARGETS],
  required: ["routeTableId"],
  exactlyOne: [DESTINATIONS, TARGETS],
  filled: ["networkInterfaceId"],
  replaceOn: ["routeTableId", ...DESTINATIONS],
  computed: ["instanceId", "instanceOwnerId", "origin", "state"],
  imported: (id) => {
    const [routeTableId, destination] = id.split("_");
    if (!destination) throw new Error(`import of a route: ${id} is not <route table id>_<destination>`);
    if (destination.startsWith("pl-")) return { routeTableId, destinationPrefixListId: destination };
    return {
      routeTableId,
      [destination.includes(":") ? "destinationIpv6CidrBlock" : "destinationCidrBlock"]: destination,
    };
  },
  async create(call) {
    const make = () =>
      call.ec2.createRoute({
        RouteTableId: call.inputs.routeTableId,
        ...destinationOf(call.inputs),
        ...targetOf(call),
      });
    await retrying(
      ["InvalidParameterException", "InvalidRouteTableID.NotFound", "InvalidGatewayID.NotFound"],
      300,
      call.signal,
      make,
    );
    return `r-${call.inputs.routeTableId}${crc32(destination(call.inputs))}`;
  },
  async settle(call) {
    const what = `route ${destination(call.inputs)} of ${call.inputs.routeTableId} to be there`;
    await until(what, call.seconds(300), call.signal, () => findRoute(call, call.inputs));
  },
  async read(call) {
    const wanted = isSet(call.inputs.routeTableId) ? call.inputs : call.state;
    const found = await findRoute(call, wanted);
    if (!found) return undefined;
    return {
      routeTableId: wanted.routeTableId,
      destinationCidrBlock: found.DestinationCidrBlock ?? "",
      destinationIpv6CidrBlock: found.DestinationIpv6CidrBlock ?? "",
      destinationPrefixListId: found.DestinationPrefixListId ?? "",
      gatewayId: found.GatewayId ?? "",
      instanceId: found.InstanceId ?? "",
      instanceOwnerId: found.InstanceOwnerId ?? "",
      natGatewayId: found.NatGatewayId ?? "",
      networkInterfaceId: found.NetworkInterfaceId ?? "",
      origin: found.Origin,
      state: found.State,
      vpcPeeringConnectionId: found.VpcPeeringConnectionId ?? "",
    };
  },
  async update(call) {
    if (!call.changed(...TARGETS)) return;
    const RouteTableId = call.inputs.routeTableId;
    await call.ec2.replaceRoute({ RouteTableId, ...destinationOf(call.inputs), ...targetOf(call) });
  },
  async delete(call) {
    const RouteTableId = call.inputs.routeTableId;
    const absent = ["InvalidRoute.NotFound", ...NO_TABLE];
    const remove = () =>
      unless(absent, () => call.ec2.deleteRoute({ RouteTableId, ...destinationOf(call.inputs) }));
    await retrying(["InvalidParameterException"], call.seconds(300), call.signal, remove);
    await untilGone(`route ${destination(call.inputs)} of ${RouteTableId}`, 300, call.signal, () =>
      findRoute(call, call.inputs),
    );
  },
};

function destination(inputs: Record<string, any>): string {
  return DESTINATIONS.map((name) => inputs[name]).find(isSet);
}

function destinationOf(inputs: Record<string, any>) {
  return {
    DestinationCidrBlock: inputs.destinationCidrBlock,
    DestinationIpv6CidrBlock: inputs.destinationIpv6CidrBlock,
    DestinationPrefixListId: inputs.destinationPrefixListId,
  };
}

function targetOf({ inputs }: Call) {
  return {
    GatewayId: inputs.gatewayId,
    NatGatewayId: inputs.natGatewayId,
    NetworkInterfaceId: inputs.networkInterfaceId,
    VpcPeeringConnectionId: inputs.vpcPeeringConnectionId,
  };
}

async function findRoute(call: Call, wanted: Record<string, any>): Promise<Route | undefined> {
  const table = await findTable(call, wanted.routeTableId);
  const target = destination(wanted);
  return table?.Routes?.find((found) =>
    [found.DestinationCidrBlock, found.DestinationIpv6CidrBlock, found.DestinationPrefixListId].includes(
      target,
    ),
  );
}

/** Upstream: aws_route_table_association. A new route table gives the association a new id, which only AWS keeps. */
export const routeTableAssociation: Spec = {
  inputs: ["gatewayId", "routeTableId", "subnetId"],
  required: ["routeTableId"],
  exactlyOne: [["subnetId", "gatewayId"]],
  replaceOn: ["gatewayId", "subnetId"],
  computed: [],
  imported: (id) => {
    const [end, routeTableId] = id.split("/");
    if (!routeTableId)
      throw new Error(`import of an association: ${id} is not <subnet or gateway id>/<route table id>`);
    return { [end.startsWith("subnet-") ? "subnetId" : "gatewayId"]: end, routeTableId };
  },
  async create(call) {
    const { routeTableId: RouteTableId, subnetId: SubnetId, gatewayId: GatewayId } = call.inputs;
    const make = () => call.ec2.associateRouteTable({ RouteTableId, SubnetId, GatewayId });
    return (await retrying(NO_TABLE, 300, call.signal, make)).AssociationId!;
  },
  async read(call) {
    const found = await findAssociation(call);
    return (
      found && { subnetId: found.SubnetId, gatewayId: found.GatewayId, routeTableId: found.RouteTableId }
    );
  },
  async update(call) {
    const found = await findAssociation(call);
    if (!found)
      throw new Error(
        `association of ${call.inputs.subnetId ?? call.inputs.gatewayId} is gone: run a refresh first`,
      );
    await call.ec2.replaceRouteTableAssociation({
      AssociationId: found.RouteTableAssociationId,
      RouteTableId: call.inputs.routeTableId,
    });
  },
  async delete(call) {
    const found = await findAssociation(call);
    if (!found || found.RouteTableId !== call.inputs.routeTableId) return;
    const AssociationId = found.RouteTableAssociationId;
    await unless(["InvalidAssociationID.NotFound"], () => call.ec2.disassociateRouteTable({ AssociationId }));
    await untilGone(`route table association ${AssociationId}`, call.seconds(300), call.signal, () =>
      findAssociation(call),
    );
  },
};

async function findAssociation(call: Call) {
  const { subnetId, gatewayId } = isSet(call.inputs.routeTableId) ? call.inputs : call.state;
  const Filters = filters({ "association.subnet-id": subnetId, "association.gateway-id": gatewayId });
  const { RouteTables } = await call.ec2.describeRouteTables({ Filters });
  const associations = (RouteTables ?? []).flatMap((table) => table.Associations ?? []);
  return associations.find(
    (one) => !one.Main && (subnetId ? one.SubnetId === subnetId : one.GatewayId === gatewayId),
  );
}
