import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { otherMarkdown, rewrites, root, sidebar, siteLink, slugify } from '../pages.mjs';

// Endings that VitePress takes for pages unless it is told.
process.env['VITE_EXTRA_EXTENSIONS'] = 'cfg,ts';

/** Files that pages link and that aren't pages: they go along as they are. */
const linkedFiles = new Set();

function leadIntoSite(md) {
  md.core.ruler.push('lead-into-site', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const page = env.relativePath.replace(/(^|\/)index\.md$/, '$1README.md');
      const { href, file } = siteLink(page, token.attrGet('href'));
      token.attrSet('href', href);
      if (file === undefined) continue;
      linkedFiles.add(file);
      token.attrSet('target', '_self');
    }
  });
}

export default defineConfig({
  title: 'Viblast backend',
  description: 'The open backend for peer-assisted video delivery',
  // No icon, so that browsers don't ask for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: root,
  srcExclude: otherMarkdown,
  outDir: 'dist',
  cacheDir: 'node_modules/.vitepress',
  rewrites,
  cleanUrls: false,
  // The pages stand above the folder that has the packages.
  vite: {
    resolve: {
      alias: {
        'vue/server-renderer': fileURLToPath(import.meta.resolve('vue/server-renderer')),
        vue: fileURLToPath(import.meta.resolve('vue/dist/vue.runtime.esm-bundler.js')),
      },
    },
  },
  markdown: { anchor: { slugify }, config: leadIntoSite },
  themeConfig: {
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: false, next: false },
  },
  buildEnd({ outDir }) {
    for (const file of linkedFiles) cpSync(join(root, file), join(outDir, file));
  },
});
