import { noCircles } from './circles.js';
import { citationsLead, linksLead, noSectionNumbers } from './citations.js';
import { commentsFitTheLine } from './comment-length.js';
import { everyPageIsLinked } from './docs-index.js';
import { functionsFitTheScreen } from './function-length.js';
import { foldersApart, importsOneWay, wrappedLibraries } from './imports.js';
import { everyLabProgramIsStarted } from './lab-programs.js';
import { pageHasThePortalsTime } from './page-clock.js';
import { pureCore } from './pure-core.js';
import type { Rule } from './tree.js';
import { noUnfinishedMarks, testHasOnlyTests } from './unfinished.js';

/** What the whole tree is held to, by the name that its test has. */
export const rules: Readonly<Record<string, Rule>> = {
  'imports one way between rooms, lab → product → ground, and only through a room’s index':
    importsOneWay,
  'has a tracker whose sockets know no dialect': foldersApart,
  'has no two files that import each other': noCircles,
  'keeps each wrapped library in its room': wrappedLibraries,
  'has a core without clock, random or I/O': pureCore,
  'has a page of the portal that goes by the portal’s clock': pageHasThePortalsTime,
  'cites files and headings that exist': citationsLead,
  'links pages and headings that exist': linksLead,
  'cites sections by name, not by number': noSectionNumbers,
  'has an index that links every page of docs/': everyPageIsLinked,
  'has no function of more than 70 lines': functionsFitTheScreen,
  'has no comment beyond column 100': commentsFitTheLine,
  'starts every program of lab/': everyLabProgramIsStarted,
  'has nothing but tests in test/': testHasOnlyTests,
  'has no focused or skipped test, no suppressed check, no unfinished mark': noUnfinishedMarks,
};
