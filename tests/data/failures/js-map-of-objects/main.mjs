import { groupBy } from "./group.mjs";
import { ranking } from "./ranking.mjs";

const goals = [
  { team: "north", minute: 12 },
  { team: "south", minute: 40 },
  { team: "north", minute: 77 },
];
console.log(ranking(groupBy(goals, (goal) => goal.team)));
