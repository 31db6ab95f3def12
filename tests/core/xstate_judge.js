// Runs machines of XState on the steps that are read, a line of JSON a history, and says where each step leads.
const { createActor, createMachine } = require("xstate");

const all = ({ event }, { of }) => of.every((guard) => event.agree.includes(guard));
const leaf = (value) => (typeof value === "string" ? value : leaf(Object.values(value)[0]));

const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
for (const line of lines) {
  const { machine, steps } = JSON.parse(line);
  const actor = createActor(createMachine(machine).provide({ guards: { all } })).start();
  const came = steps.map(([type, agree]) => {
    const can = actor.getSnapshot().can({ type, agree });
    actor.send({ type, agree });
    const after = actor.getSnapshot();
    return [can, leaf(after.value), after.hasTag("terminal")];
  });
  console.log(JSON.stringify(came));
}
