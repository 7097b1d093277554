import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Application } from './application.tsx';
import { Announcer } from './pieces/announcer.tsx';
import { SafetyNet } from './pieces/safety-net.tsx';
import { newQueryClient } from './server/session.ts';
import './style/ground.css';
import './style/pieces.css';
import './style/list.css';
import './style/incident.css';
import './style/plan.css';
import './style/matrix.css';
import './style/drawings.css';
import './style/timeline.css';

const root = document.getElementById('page');
if (root === null) throw new Error('The document has no element "page".');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={newQueryClient()}>
      <Announcer>
        <SafetyNet>
          <Application />
        </SafetyNet>
      </Announcer>
    </QueryClientProvider>
  </StrictMode>,
);
