const { Router } = require("./router");

const router = new Router();
router.add("/articles/:slug", (params) => `article ${params.slug}`);
router.add("/users/:id/orders/:order", (params) => `order ${params.order} of ${params.id}`);
router.add("/", () => "home");

for (const path of ["/", "/users/7/orders/31", "/articles/hello-world"]) {
  console.log(path, "->", router.handle(path));
}
