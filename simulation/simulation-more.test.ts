import { testSeeds } from './testing/seeds.js';

// A file of its own, for another core.
testSeeds(101, 200);
