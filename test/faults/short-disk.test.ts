import { tryShort } from './try-short.ts';

tryShort(['F2', 'F3', 'F4', 'F5', 'F32']);
