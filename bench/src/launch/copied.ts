/** What calls are given and answer, by size and kind: what a launch in the dark has to copy while its caller waits. */

const rows = (count: number, fields: number) =>
  Array.from({ length: count }, (_, row) =>
    Object.fromEntries(Array.from({ length: fields }, (_, field) => [`field${field}`, `value ${row}`])),
  );

class Line {
  readonly id: number;
  readonly name: string;
  readonly price: { readonly amount: number; readonly currency: string };

  constructor(id: number) {
    this.id = id;
    this.name = `article ${id}`;
    this.price = { amount: 100 * id, currency: 'EUR' };
  }

  get total(): number {
    return this.price.amount;
  }
}

export const COPIED: Readonly<Record<string, () => unknown>> = {
  'a number': () => 7,
  '10 fields': () => rows(1, 10)[0],
  'an order of 60 fields': () => rows(4, 15),
  '1,000 fields': () => rows(67, 15),
  '100,000 fields': () => rows(6_667, 15),
  'a Buffer of 1 KB': () => Buffer.alloc(1_024),
  'a Buffer of 1 MB': () => Buffer.alloc(1_048_576),
  '10 bytes of a Buffer of 64 MB': () => Buffer.alloc(64 * 1_048_576).subarray(0, 10),
  'a Map of 100 objects': () => new Map(rows(100, 2).map((row, index) => [`key ${index}`, row])),
  '20 instances of a class': () => Array.from({ length: 20 }, (_, index) => new Line(index)),
};
