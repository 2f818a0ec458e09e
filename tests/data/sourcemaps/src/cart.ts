interface Item {
  product: { price: number } | undefined;
}

export function total(items: Item[]): number {
  // The last item may have no product.
  return items.reduce((sum, item) => sum + item.product!.price, 0);
}
