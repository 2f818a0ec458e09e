/** Routes by patterns such as "/users/:id"; a parameter is one segment of the path. */

function compile(pattern) {
  const source = pattern.replace(/:(\w+)/g, "(?<$1>\\w+)");
  return new RegExp(`^${source}$`);
}

class Router {
  constructor() {
    this.routes = [];
  }

  add(pattern, handler) {
    this.routes.push({ pattern, expression: compile(pattern), handler });
  }

  handle(path) {
    const route = this.routes.find(({ pattern }) => sameShape(pattern, path));
    if (route === undefined) {
      throw new Error(`no route for ${path}`);
    }
    const found = route.expression.exec(path);
    return route.handler({ ...found.groups });
  }
}

function sameShape(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(":") ? given[i] !== "" : part === given[i]))
  );
}

module.exports = { Router };
