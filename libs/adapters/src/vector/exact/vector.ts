/** Vectors are stored as little-endian 32-bit floats. */
export function encodeVector(vector: Float32Array): Buffer {
  const encoded = Buffer.allocUnsafe(vector.length * 4);
  vector.forEach((value, index) => encoded.writeFloatLE(value, index * 4));
  return encoded;
}

export function decodeVector(encoded: Buffer): Float32Array {
  // A view needs an aligned start; drivers hand out slices that start anywhere.
  if (isLittleEndian && encoded.byteOffset % 4 === 0) {
    return new Float32Array(encoded.buffer, encoded.byteOffset, encoded.length / 4);
  }
  return Float32Array.from({ length: encoded.length / 4 }, (_, index) => encoded.readFloatLE(index * 4));
}

/** The same direction with length 1, so that cosine similarity is the {@link dot} product; zeros stay zeros. */
export function normalise(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector.slice() : vector.map((value) => value / length);
}

/** The scalar product of two vectors of equal length. Four sums at once, which keeps the processor busy. */
export function dot(a: Float32Array, b: Float32Array): number {
  const whole = a.length - (a.length % 4);
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    first += at(a, i) * at(b, i);
    second += at(a, i + 1) * at(b, i + 1);
    third += at(a, i + 2) * at(b, i + 2);
    fourth += at(a, i + 3) * at(b, i + 3);
  }
  for (let i = whole; i < a.length; i++) first += at(a, i) * at(b, i);
  return first + second + third + fourth;
}

/** The loops above stay inside both vectors. */
function at(vector: Float32Array, index: number): number {
  return vector[index] as number;
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
