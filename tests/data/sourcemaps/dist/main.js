function t(e){return e.reduce((r,o)=>r+o.product.price,0)}var n={items:[{}]};console.log(t(n.items));
//# sourceMappingURL=main.js.map
