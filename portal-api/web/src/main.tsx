import { render } from 'preact';
import { App } from './app.js';
import { signInByLink } from './sign-in-link.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/charts.css';
import './styles/forms.css';
import { applyTheme } from './theme.js';

applyTheme();
const linkTrouble = await signInByLink();
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no place for the app');
render(<App linkTrouble={linkTrouble} />, root);
