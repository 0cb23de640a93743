/** How a lamp looks, drawn once into small pictures, so that a frame with 1,000 lamps is 3,000 copies and no gradient. */

/**
 * Tungsten is never one colour: each lamp takes one of these, from candle to halogen, as `red, green, blue`. Its light
 * is deeper than its bulb, or a full wall would add up to grey.
 */
const TONES = [
  { bulb: '255, 166, 74', light: '255, 128, 32' },
  { bulb: '255, 180, 92', light: '255, 140, 42' },
  { bulb: '255, 193, 112', light: '255, 150, 54' },
  { bulb: '255, 206, 134', light: '255, 160, 68' },
] as const;

/** A glow reaches this many cells from its lamp. */
const GLOW_CELLS = 1.7;

export interface Lamps {
  /** A lamp that is off. One cell wide. */
  readonly off: HTMLCanvasElement;
  /** Lamps that are on, by tone. One cell wide. */
  readonly on: readonly HTMLCanvasElement[];
  /** The light around a lamp that is on, by tone. `2 × GLOW_CELLS` cells wide. */
  readonly glow: readonly HTMLCanvasElement[];
  /** Light adds up in a dark room; on paper it is paint. */
  readonly glowBlend: GlobalCompositeOperation;
  /** Colours of the rings around the chosen lamp, and around one on which browser and Node disagree. */
  readonly chosenRing: string;
  readonly disagreeRing: string;
}

/**
 * @param cellPx width of one lamp's cell, in device pixels.
 * @param dark whether the page is in its dark scheme.
 */
export function drawLamps(cellPx: number, dark: boolean): Lamps {
  return {
    off: picture(cellPx, (context, centre) => drawOff(context, centre, cellPx, dark)),
    on: TONES.map((tone) => picture(cellPx, (context, centre) => drawOn(context, centre, cellPx, tone.bulb, dark))),
    glow: TONES.map((tone) =>
      picture(cellPx * GLOW_CELLS * 2, (context, centre) => drawGlow(context, centre, tone.light, dark)),
    ),
    glowBlend: dark ? 'lighter' : 'source-over',
    chosenRing: dark ? '#fff4dd' : '#1d1a16',
    disagreeRing: dark ? '#ff5c8a' : '#c2003d',
  };
}

/** The tone of a lamp: fixed for its place on the wall, without a visible pattern. */
export function toneOf(index: number): number {
  const mixed = Math.imul(index ^ (index >>> 4), 0x9e3779b1);
  return ((mixed ^ (mixed >>> 15)) >>> 9) % TONES.length;
}

function picture(sizePx: number, draw: (context: CanvasRenderingContext2D, centre: number) => void): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.max(2, Math.ceil(sizePx));
  const context = canvas.getContext('2d');
  if (context) draw(context, canvas.width / 2);
  return canvas;
}

function drawOff(context: CanvasRenderingContext2D, centre: number, cellPx: number, dark: boolean): void {
  const radius = cellPx * 0.27;
  const glass = context.createRadialGradient(centre - radius * 0.4, centre - radius * 0.5, 0, centre, centre, radius);
  glass.addColorStop(0, dark ? '#3a343c' : '#ffffff');
  glass.addColorStop(1, dark ? '#1b1820' : '#cfcac2');
  context.fillStyle = glass;
  context.strokeStyle = dark ? '#47404a' : '#a39c92';
  context.lineWidth = Math.max(1, cellPx * 0.04);
  disc(context, centre, radius);
  context.fill();
  context.stroke();
}

function drawOn(context: CanvasRenderingContext2D, centre: number, cellPx: number, tone: string, dark: boolean): void {
  const radius = cellPx * 0.31;
  const bulb = context.createRadialGradient(centre, centre, 0, centre, centre, radius);
  bulb.addColorStop(0, dark ? '#fffaf0' : '#fff3cf');
  bulb.addColorStop(0.4, dark ? `rgba(${tone}, 1)` : '#ffb733');
  bulb.addColorStop(0.92, dark ? `rgba(${tone}, 0.85)` : '#ee8a06');
  bulb.addColorStop(1, dark ? `rgba(${tone}, 0)` : '#b86200');
  context.fillStyle = bulb;
  disc(context, centre, radius);
  context.fill();
}

function drawGlow(context: CanvasRenderingContext2D, centre: number, tone: string, dark: boolean): void {
  const light = context.createRadialGradient(centre, centre, 0, centre, centre, centre);
  const strength = dark ? 0.5 : 0.42;
  light.addColorStop(0, `rgba(${tone}, ${strength})`);
  light.addColorStop(0.3, `rgba(${tone}, ${strength * 0.34})`);
  light.addColorStop(0.65, `rgba(${tone}, ${strength * 0.08})`);
  light.addColorStop(1, `rgba(${tone}, 0)`);
  context.fillStyle = light;
  context.fillRect(0, 0, centre * 2, centre * 2);
}

function disc(context: CanvasRenderingContext2D, centre: number, radius: number): void {
  context.beginPath();
  context.arc(centre, centre, radius, 0, Math.PI * 2);
}
