import { drawLamps, type Lamps, toneOf } from './lamps.ts';

// Why: decision 0045.
/** A filament takes its time to warm, and none to go dark. */
const WARM_MS = 650;
const DARK_MS = 240;

/** Lamps of one change start within this time of each other, so that a ramp spreads like light and not like a switch. */
const SPREAD_ON_MS = 900;
const SPREAD_OFF_MS = 160;

/** Cells by which the canvas is larger than the wall on each side, for light that falls beyond it; `page.css` agrees. */
const BLEED_CELLS = 1;

/** Below this width, in CSS pixels, the wall stands upright. */
const NARROW_PX = 560;

/** What the page has above the wall, and a margin below it, in CSS pixels. */
const ABOVE_WALL_PX = 240;

interface Geometry {
  readonly columns: number;
  readonly rows: number;
  /** Width of one lamp's cell, in device pixels. */
  readonly cellPx: number;
}

/**
 * The wall of lamps on a canvas: it is told who is lit and walks there, frame by frame, drawing only while something
 * moves. A canvas and not 1,000 elements: each lamp's light falls on its neighbours, and a frame costs 2 ms.
 */
export class Wall {
  readonly #frameElement: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #count: number;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #level: Float32Array;
  readonly #from: Float32Array;
  readonly #target: Uint8Array;
  readonly #startsAtMs: Float64Array;
  readonly #disagrees: Uint8Array;
  #geometry: Geometry = { columns: 1, rows: 1, cellPx: 1 };
  #lamps: Lamps | undefined;
  #chosen = -1;
  #frame = 0;

  /**
   * @param frame as wide as the wall shall be; its height follows.
   * @param canvas inside the frame.
   * @param count how many lamps hang on the wall.
   */
  constructor(frame: HTMLElement, canvas: HTMLCanvasElement, count: number) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser has no 2D canvas, which the wall is drawn on.');
    this.#frameElement = frame;
    this.#canvas = canvas;
    this.#context = context;
    this.#count = count;
    this.#level = new Float32Array(count);
    this.#from = new Float32Array(count);
    this.#target = new Uint8Array(count);
    this.#startsAtMs = new Float64Array(count);
    this.#disagrees = new Uint8Array(count);
    new ResizeObserver(() => this.#layOut()).observe(frame);
    this.#dark.addEventListener('change', () => this.#layOut());
    this.#layOut();
  }

  /** @param lit one character for each lamp: `1` is on. */
  show(lit: string): void {
    const nowMs = performance.now();
    for (let lamp = 0; lamp < this.#count; lamp++) {
      const target = lit[lamp] === '1' ? 1 : 0;
      if (target === this.#target[lamp]) continue;
      this.#target[lamp] = target;
      this.#from[lamp] = this.#level[lamp] ?? 0;
      this.#startsAtMs[lamp] = nowMs + Math.random() * (target ? SPREAD_ON_MS : SPREAD_OFF_MS);
    }
    this.#requestFrame();
  }

  /** Rings the lamps on which the two deciders differ; an empty text takes the rings away. */
  showDisagreements(one: string, other: string): void {
    for (let lamp = 0; lamp < this.#count; lamp++) this.#disagrees[lamp] = one[lamp] === other[lamp] ? 0 : 1;
    this.#requestFrame();
  }

  /** Rings one lamp, the customer whose shop is shown. */
  choose(lamp: number): void {
    this.#chosen = lamp;
    this.#requestFrame();
  }

  /** The lamp under a point, in CSS pixels from the canvas' corner; -1 where there is none. */
  lampAt(xPx: number, yPx: number): number {
    const { columns, rows, cellPx } = this.#geometry;
    const cell = cellPx / devicePixelRatio;
    const column = Math.floor(xPx / cell - BLEED_CELLS);
    const row = Math.floor(yPx / cell - BLEED_CELLS);
    if (column < 0 || column >= columns || row < 0 || row >= rows) return -1;
    return row * columns + column;
  }

  #layOut(): void {
    const widthPx = this.#frameElement.clientWidth;
    if (widthPx === 0) return;
    const columns = columnsFor(widthPx);
    const rows = Math.ceil(this.#count / columns);
    const cellPx = (widthPx * devicePixelRatio) / columns;
    this.#geometry = { columns, rows, cellPx };
    this.#frameElement.style.setProperty('--columns', String(columns));
    this.#frameElement.style.setProperty('--rows', String(rows));
    this.#canvas.width = Math.round(cellPx * (columns + 2 * BLEED_CELLS));
    this.#canvas.height = Math.round(cellPx * (rows + 2 * BLEED_CELLS));
    this.#lamps = drawLamps(cellPx, this.#dark.matches);
    this.#draw();
  }

  #requestFrame(): void {
    this.#canvas.dataset.moving = 'true';
    if (this.#frame === 0) this.#frame = requestAnimationFrame((nowMs) => this.#step(nowMs));
  }

  #step(nowMs: number): void {
    this.#frame = 0;
    let moving = false;
    for (let lamp = 0; lamp < this.#count; lamp++) {
      const target = this.#target[lamp] ?? 0;
      if (this.#level[lamp] === target) continue;
      const elapsedMs = nowMs - (this.#startsAtMs[lamp] ?? 0);
      const progress = this.#still.matches ? 1 : Math.min(1, Math.max(0, elapsedMs / (target ? WARM_MS : DARK_MS)));
      const from = this.#from[lamp] ?? 0;
      this.#level[lamp] = progress === 1 ? target : from + (target - from) * easeOut(progress);
      if (progress < 1) moving = true;
    }
    this.#draw();
    if (moving) this.#requestFrame();
    else this.#canvas.dataset.moving = 'false';
  }

  #draw(): void {
    const lamps = this.#lamps;
    if (!lamps) return;
    const context = this.#context;
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#eachLamp((x, y) => context.drawImage(lamps.off, x - lamps.off.width / 2, y - lamps.off.height / 2));

    // An eye adapts: the more lamps are on, the less each of their halos adds, or a full wall would be one white sheet.
    const glowStrength = 1 / (1 + 1.2 * average(this.#level));
    context.globalCompositeOperation = lamps.glowBlend;
    this.#drawBy(lamps.glow, glowStrength);
    context.globalCompositeOperation = 'source-over';
    this.#drawBy(lamps.on, 1);
    context.globalAlpha = 1;

    this.#eachLamp((x, y, lamp) => {
      if (this.#disagrees[lamp]) this.#ring(x, y, lamps.disagreeRing);
      if (lamp === this.#chosen) this.#ring(x, y, lamps.chosenRing);
    });
  }

  /** Draws each lamp's picture of its tone, as strong as the lamp is on. */
  #drawBy(pictures: readonly HTMLCanvasElement[], strength: number): void {
    this.#eachLamp((x, y, lamp) => {
      const level = this.#level[lamp] ?? 0;
      const image = pictures[toneOf(lamp)];
      if (level === 0 || !image) return;
      this.#context.globalAlpha = level * strength;
      this.#context.drawImage(image, x - image.width / 2, y - image.height / 2);
    });
  }

  #ring(x: number, y: number, colour: string): void {
    const { cellPx } = this.#geometry;
    this.#context.strokeStyle = colour;
    this.#context.lineWidth = Math.max(1.5 * devicePixelRatio, cellPx * 0.07);
    this.#context.beginPath();
    this.#context.arc(x, y, cellPx * 0.44, 0, Math.PI * 2);
    this.#context.stroke();
  }

  #eachLamp(visit: (x: number, y: number, lamp: number) => void): void {
    const { columns, cellPx } = this.#geometry;
    for (let lamp = 0; lamp < this.#count; lamp++) {
      const column = lamp % columns;
      const row = Math.floor(lamp / columns);
      visit((column + BLEED_CELLS + 0.5) * cellPx, (row + BLEED_CELLS + 0.5) * cellPx, lamp);
    }
  }
}

/** Divisors of 1,000, so that no row is left short; lamps as large as leave the whole wall in view. */
function columnsFor(widthPx: number): number {
  if (widthPx < NARROW_PX) return 25;
  return widthPx * (25 / 40) + ABOVE_WALL_PX <= innerHeight ? 40 : 50;
}

function easeOut(progress: number): number {
  return 1 - (1 - progress) ** 3;
}

function average(levels: Float32Array): number {
  let sum = 0;
  for (const level of levels) sum += level;
  return sum / levels.length;
}
