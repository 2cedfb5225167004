// Loads what a program may be made of and tells of all its functions.
import http from 'node:http';
import kinds from './kinds.cjs';
import * as modern from './modern.js';
import bundle from './bundle.cjs';
import twinB from './twin-b/index.cjs';
import twinA from './twin-a/index.cjs';
import made from './made.cjs';
import told from './tell.cjs';

export const own = () => [kinds, modern];

// Node takes the types out by itself, from 22.18 on.
const typed =
  process.features.typescript === 'strip' ? await import(new URL('typed.mts', import.meta.url)) : {};

told.tell(own, kinds, modern, bundle, twinA, twinB, made, typed, http);
