import { describe, expect, test } from 'vitest';
import { createTable, pathOf, type Route, targetOf } from '../../dist/http/table.js';

const handle = async () => {};
const UPLOAD: Route = { path: '/upload', methods: ['POST'], handle };
const IMAGE: Route = { path: /^\/images\/[^/]+$/, methods: ['GET', 'HEAD'], handle };
const ANY: Route = { path: /^\/any\//, handle };
const { find } = createTable([IMAGE, UPLOAD, ANY]);

describe('a table of routes', () => {
  test.each<[string, string, Route | string[]]>([
    ['POST', '/upload', UPLOAD],
    ['GET', '/upload', ['POST']],
    ['POST', '/upload/', []],
    ['POST', '/%75pload', []],
    ['HEAD', '/images/a.png', IMAGE],
    ['POST', '/images/a.png', ['GET', 'HEAD']],
    ['GET', '/images/a/b', []],
    ['DELETE', '/any/thing', ANY],
    ['GET', '*', []],
  ])('%s %s', (method, path, found) => {
    expect(find(method, path)).toEqual(found);
  });
});

test('two routes for one path and method are an error; routes for different methods are not', () => {
  expect(() => createTable([UPLOAD, { ...UPLOAD }])).toThrow('two routes take /upload');
  expect(() => createTable([UPLOAD, { path: '/upload', handle }])).toThrow('two routes take /upload');
  expect(createTable([UPLOAD, { ...UPLOAD, methods: ['GET'] }]).find('PUT', '/upload')).toEqual([
    'POST',
    'GET',
  ]);
});

test.each([
  ['/v3/upload?a=b', '/v3/upload?a=b', '/v3/upload'],
  ['http://host/v3/upload?a=b', '/v3/upload?a=b', '/v3/upload'],
  ['HTTPS://host:443/v3/upload', '/v3/upload', '/v3/upload'],
  ['http://host', '/', '/'],
  ['http://host?a=b', '/?a=b', '/'],
  ['*', '*', '*'],
  ['//host/a', '//host/a', '//host/a'],
])('the target %s is %s, its path %s', (url, target, path) => {
  expect(targetOf({ url })).toBe(target);
  expect(pathOf(target)).toBe(path);
});
