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

/** Cosine similarity, -1 to 1; 0 when one of them has no length. */
export function similarity(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return lengthA === 0 || lengthB === 0 ? 0 : product / Math.sqrt(lengthA * lengthB);
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
