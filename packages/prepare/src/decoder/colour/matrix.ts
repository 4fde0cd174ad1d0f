import { type Primaries, SRGB_PRIMARIES, type Xy } from './space.js';

type Triple = readonly [number, number, number];

/** Three rows of three. */
export type Matrix = readonly [Triple, Triple, Triple];

/** Gives the matrix from light of these primaries to light of sRGB's. White stays white (Bradford). */
export function toSrgbMatrix(primaries: Primaries): Matrix {
  const adapted = multiply(adaptation(primaries.white, SRGB_PRIMARIES.white), toXyz(primaries));
  return multiply(inverse(toXyz(SRGB_PRIMARIES)), adapted);
}

/** The columns are the primaries in XYZ, each as bright as white needs. */
function toXyz({ red, green, blue, white }: Primaries): Matrix {
  const columns = transposed([xyzOf(red), xyzOf(green), xyzOf(blue)]);
  return multiply(columns, diagonal(apply(inverse(columns), xyzOf(white))));
}

/** The same chromaticity with a luminance of 1; XYZ's own blue primary has none. */
function xyzOf([x, y]: Xy): Triple {
  return y === 0 ? [x, 0, 1 - x] : [x / y, 1, (1 - x - y) / y];
}

function adaptation(from: Xy, to: Xy): Matrix {
  const [l, m, s] = apply(BRADFORD, xyzOf(from));
  const [toL, toM, toS] = apply(BRADFORD, xyzOf(to));
  return multiply(inverse(BRADFORD), multiply(diagonal([toL / l, toM / m, toS / s]), BRADFORD));
}

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

function apply(matrix: Matrix, vector: Triple): Triple {
  const [first, second, third] = matrix;
  return [dot(first, vector), dot(second, vector), dot(third, vector)];
}

function multiply(left: Matrix, right: Matrix): Matrix {
  const [first, second, third] = transposed(right);
  return transposed([apply(left, first), apply(left, second), apply(left, third)]);
}

function inverse([a, b, c]: Matrix): Matrix {
  const determinant = dot(a, cross(b, c));
  const over = (vector: Triple): Triple => [
    vector[0] / determinant,
    vector[1] / determinant,
    vector[2] / determinant,
  ];
  return transposed([over(cross(b, c)), over(cross(c, a)), over(cross(a, b))]);
}

function transposed([a, b, c]: Matrix): Matrix {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

function diagonal([x, y, z]: Triple): Matrix {
  return [
    [x, 0, 0],
    [0, y, 0],
    [0, 0, z],
  ];
}

function cross(a: Triple, b: Triple): Triple {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
