import { settle } from "./auction.mjs";

const bids = [
  { bidder: "ann", cents: 1500 },
  { bidder: "bob", cents: 2100 },
  { bidder: "cyd", cents: 1800 },
];
console.log(settle(bids, 1000));
