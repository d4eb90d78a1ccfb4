/** Random strings under a recipe: which characters, and how many at least of each sort. */

import { randomInt } from "node:crypto";
import { Props } from "../runtime";

const SORTS = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

/** The recipe with upstream's defaults: every sort allowed, none demanded; `number` is the old name of `numeric`. */
export function recipe(inputs: Props): Props {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return {
    lower: true,
    upper: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
    ...inputs,
    numeric,
    number: numeric,
  };
}

/** `length` characters: the demanded ones, the rest of all that are allowed, shuffled. */
export function randomText(inputs: Props): string {
  const wanted = recipe(inputs);
  const special = wanted.overrideSpecial || SORTS.special;
  const demands: [number, string][] = [
    [wanted.minLower, SORTS.lower],
    [wanted.minUpper, SORTS.upper],
    [wanted.minNumeric, SORTS.numeric],
    [wanted.minSpecial, special],
  ];
  const characters = demands.flatMap(([count, sort]) => draw(count, sort));
  if (characters.length > wanted.length)
    throw new Error(
      `length ${wanted.length} is less than the sum of the minima, ${characters.length}: raise length`,
    );
  const allowed =
    (wanted.lower ? SORTS.lower : "") +
    (wanted.upper ? SORTS.upper : "") +
    (wanted.numeric ? SORTS.numeric : "") +
    (wanted.special ? special : "");
  const rest = wanted.length - characters.length;
  if (rest > 0 && !allowed)
    throw new Error("no kind of character is allowed: set one of lower, upper, numeric, special");
  return shuffle([...characters, ...draw(rest, allowed)]).join("");
}

function draw(count: number, from: string): string[] {
  return Array.from({ length: count }, () => from[randomInt(from.length)]);
}

function shuffle(items: string[]): string[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
