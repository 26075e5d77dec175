// Reads a JSON list of [rule, text] from stdin and prints what odata-v4-parser makes of each: a tree, or {refused}.
// The argument is the folder that has the parser.
"use strict";

const parser = require(require.resolve("odata-v4-parser", { paths: [process.argv[2]] }));

const OPERATORS = {
  EqualsExpression: "eq",
  NotEqualsExpression: "ne",
  LesserThanExpression: "lt",
  LesserOrEqualsExpression: "le",
  GreaterThanExpression: "gt",
  GreaterOrEqualsExpression: "ge",
};

function literal(node) {
  const raw = decodeURIComponent(node.raw);
  return node.value === "Edm.String" ? ["text", raw.slice(1, -1).replaceAll("''", "'")] : ["literal", raw];
}

function path(node, names) {
  if (Array.isArray(node)) {
    return node.reduce((found, part) => (found[0] === "path" ? path(part, found.slice(1)) : found), ["path", ...names]);
  }
  switch (node.type) {
    case "ODataIdentifier":
      return ["path", ...names, node.value.name];
    case "LambdaVariableExpression":
      return ["path", ...names, node.raw];
    case "AnyExpression":
    case "AllExpression": {
      const quantifier = node.type === "AnyExpression" ? "any" : "all";
      const inner = node.value.variable ? [node.value.variable.raw, tree(node.value.predicate)] : [];
      return [quantifier, ["path", ...names], ...inner];
    }
    default:
      return path(node.value.current ? [node.value.current, node.value.next] : node.value, names);
  }
}

function junction(name, ...parts) {
  return [name, ...parts.flatMap((part) => (part[0] === name ? part.slice(1) : [part]))];
}

function withoutParentheses(found) {
  if (!Array.isArray(found)) {
    return found;
  }
  const [name, ...parts] = found.map(withoutParentheses);
  return name === "parentheses" ? parts[0] : name === "and" || name === "or" ? junction(name, ...parts) : [name, ...parts];
}

function tree(node) {
  if (node.type in OPERATORS) {
    return [OPERATORS[node.type], tree(node.value.left), tree(node.value.right)];
  }
  switch (node.type) {
    case "AndExpression":
      return junction("and", tree(node.value.left), tree(node.value.right));
    case "OrExpression":
      return junction("or", tree(node.value.left), tree(node.value.right));
    case "NotExpression": {
      // The parser follows the ABNF, which leaves precedence to the text: `not` binds tighter than `and` and `or`
      // (OData 4.01 URL conventions, "Operator Precedence").
      const [name, first, ...rest] = tree(node.value);
      return name === "and" || name === "or" ? [name, ["not", first], ...rest] : ["not", [name, first, ...rest]];
    }
    case "BoolParenExpression":
      return ["parentheses", tree(node.value)];
    case "MethodCallExpression":
      return [node.value.method, ...node.value.parameters.map(tree)];
    case "Literal":
      return literal(node);
    case "FirstMemberExpression":
      return path(node, []);
    default:
      return tree(node.value);
  }
}

// Every character of a string that is not a letter or a digit is percent-encoded; that is the same URL.
function encoded(text) {
  const encode = (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return text.replace(/(duration)?'(?:[^']|'')*'/g, (string, prefix) =>
    prefix ? string : encodeURIComponent(string).replace(/[!*().~_-]/g, encode).replaceAll("%27", "'"),
  );
}

// Without metadata, the arguments of a function look like a key of several properties.
function pairs(node) {
  if (!node || typeof node !== "object") {
    return [];
  }
  if (node.type === "KeyValuePair") {
    return [[node.value.key.value.name, literal(node.value.value)]];
  }
  return Object.values(node).flatMap(pairs);
}

const RULES = {
  filter: (text) => withoutParentheses(tree(parser.filter(encoded(text)))),
  key: (text) => literal(parser.keys(text).value.value),
  call: (text) => pairs(parser.resourcePath(text)),
};

function judged([rule, text]) {
  try {
    return RULES[rule](text);
  } catch (error) {
    return { refused: String(error.message) };
  }
}

const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(judged)));
