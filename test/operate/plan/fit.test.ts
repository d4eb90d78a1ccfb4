import * as fc from "fast-check";
import { fit, Section } from "../../../operate/plan/fit";

const lines = (count: number, text: string) => Array.from({ length: count }, (_, at) => `- ${text} ${at}`);
const bytes = (text: string) => Buffer.byteLength(text);

const sections: Section[] = [
  { lines: ["<!-- marker -->", "## Plan"], worth: Infinity },
  { title: "Replaced", lines: lines(50, "→ replaced"), worth: 100 },
  { title: "Deleted", lines: lines(50, "deleted"), worth: 99 },
  { title: "Updated", lines: lines(300, "updated"), worth: 30, folded: true },
  { title: "Created", lines: lines(300, "created"), worth: 20, folded: true },
  { title: "Nothing", lines: [], worth: 10 },
];

test("what fits is whole, and sections without lines are not mentioned", () => {
  const text = fit(sections, 65_536);
  expect(text).toContain("- created 299\n\n</details>");
  expect(text).not.toMatch(/cut|Nothing/);
});

test("the least worthy goes first, from its end, and what was cut is said", () => {
  const text = fit(sections, 9_000);
  expect(bytes(text)).toBeLessThanOrEqual(9_000);
  expect(text).toContain("- created 0");
  expect(text).toContain("- updated 299");
  expect(text).toMatch(/cut: \d+ lines of Created\. The run's log has all of it\.\n$/);
});

test("replaces and deletes are the last to go", () => {
  const worthy = bytes(fit(sections.slice(0, 3), 65_536));
  const text = fit(sections, worthy + 140);
  for (const kept of ["replaced 49", "deleted 49"]) expect(text).toContain(kept);
  expect(text).toContain("cut: 300 lines of Updated, 300 lines of Created");
  const less = fit(sections, worthy);
  expect(less).toContain("replaced 49");
  expect(less).toMatch(/cut: \d+ lines of Deleted/);
});

test("it fits, whatever there is, as long as the notes of what was cut do", () => {
  const section = fc.record({
    title: fc.constantFrom("Replaced", "Created", "Updated"),
    lines: fc.array(fc.string({ unit: "grapheme", maxLength: 80 }), { maxLength: 60 }),
    worth: fc.integer({ min: 0, max: 100 }),
    folded: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(section, { maxLength: 6 }), fc.integer({ min: 400, max: 6000 }), (all, limit) => {
      expect(bytes(fit(all, limit))).toBeLessThanOrEqual(limit);
    }),
  );
});
