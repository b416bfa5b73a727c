import type { Fields } from './wire.js';

interface Node {
  [name: string]: string | Node;
}

/** `a[b]=1&c[0]=2` as objects and arrays. Objects without a prototype, so that no name means anything. */
export function readForm(text: string): Fields {
  const root = newNode();
  for (const [name, value] of new URLSearchParams(text)) put(root, namesOf(name), value);
  return arraysOf(root) as Fields;
}

const newNode = (): Node => Object.create(null) as Node;

const namesOf = (name: string): string[] => {
  const [head = '', ...rest] = name.split('[');
  return [head, ...rest.map((part) => part.replace(/\]$/, ''))];
};

function put(root: Node, names: readonly string[], value: string): void {
  let node = root;
  for (const name of names.slice(0, -1)) {
    const next = node[name];
    node = typeof next === 'object' ? next : (node[name] = newNode());
  }
  const last = names.at(-1) ?? '';
  node[last === '' ? String(Object.keys(node).length) : last] = value;
}

function arraysOf(node: Node | string): unknown {
  if (typeof node === 'string') return node;
  const names = Object.keys(node);
  const isList = names.length > 0 && names.every((name, index) => name === String(index));
  if (isList) return names.map((name) => arraysOf(node[name] ?? ''));
  return Object.assign(newNode(), Object.fromEntries(names.map((name) => [name, arraysOf(node[name] ?? '')])));
}
