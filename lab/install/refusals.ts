/** What the script has to refuse, changing nothing. */
export interface Refusal {
  readonly what: string;
  readonly script: string;
  readonly code: number;
  /** What it says. */
  readonly says: string;
}

const unpackScript = `tar -xzf "$TARBALL" --wildcards --strip-components=2 '*/deploy/install.sh'`;

/** Before the page is followed: the bare root has no Node.js yet. */
export const refusedWithoutNode: readonly Refusal[] = [
  {
    what: 'a host without Node.js',
    script: `${unpackScript}\nsh install.sh install "$TARBALL"`,
    code: 69,
    says: '20.19',
  },
  {
    what: 'a host with an older Node.js',
    script:
      'printf "#!/bin/sh\\necho v18.20.4\\nexit 1\\n" > /usr/local/bin/node\n' +
      'chmod 755 /usr/local/bin/node\n' +
      'code=0\nsh install.sh install "$TARBALL" || code=$?\nrm /usr/local/bin/node\nexit $code',
    code: 69,
    says: 'v18.20.4',
  },
];

/** Once it is installed. */
export const refusedWhenInstalled: readonly Refusal[] = [
  {
    what: 'a second installation',
    script: 'sh install.sh install "$NEW_TARBALL"',
    code: 73,
    says: 'upgrade it',
  },
  {
    what: 'who is not root',
    script: 'runuser -u viblast -- sh < install.sh -s upgrade "$NEW_TARBALL"',
    code: 77,
    says: 'only root',
  },
  {
    what: 'to tell a stranger how it is',
    script: 'runuser -u nobody -- /opt/viblast/bin/vbt status',
    code: 4,
    says: 'EACCES',
  },
  {
    what: 'a tarball that is broken',
    script: 'head -c 100000 "$NEW_TARBALL" > broken.tgz\nsh install.sh upgrade broken.tgz',
    code: 65,
    says: 'cannot be unpacked',
  },
  {
    what: 'a tarball of something else',
    script: 'mkdir other\ntar -czf other.tgz other\nsh install.sh upgrade other.tgz',
    code: 65,
    says: 'not what "npm pack" makes',
  },
  {
    what: 'a file that is missing',
    script: 'sh install.sh upgrade no.tgz',
    code: 66,
    says: 'no.tgz',
  },
  { what: 'to go back to nothing', script: 'sh install.sh rollback', code: 69, says: 'no version' },
  {
    what: 'a wrong argument',
    script: 'sh install.sh --purge install x',
    code: 64,
    says: '--purge',
  },
];
