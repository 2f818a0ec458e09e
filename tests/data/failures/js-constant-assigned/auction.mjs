/** Return the winner and the price of a sealed-bid auction: the second highest bid, but no less than the reserve. */
export function settle(bids, reserve) {
  const best = null;
  let second = reserve;
  for (const bid of bids) {
    if (bid.cents < reserve) continue;
    if (best === null || bid.cents > best.cents) {
      if (best !== null) second = best.cents;
      best = bid;
    } else if (bid.cents > second) {
      second = bid.cents;
    }
  }
  return best === null ? null : { winner: best.bidder, cents: second };
}
