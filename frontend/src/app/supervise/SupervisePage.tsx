import { useState } from 'react';
import { CallsTab } from '@/features/reports/CallsTab';
import {
  type Choice,
  Downloads,
  PeriodPicker,
  SourcePicker,
  usual,
} from '@/features/reports/Choices';
import { LastHour } from '@/features/reports/LastHour';
import { NowRow } from '@/features/reports/NowRow';
import { QueuesTab } from '@/features/reports/QueuesTab';
import { ResponseTimesTab } from '@/features/reports/ResponseTimesTab';
import { type Grouping, OF_RECORDS, REPORTS, type ReportName } from '@/features/reports/reports';
import { AlarmsTab, OverridesTab, WorkloadTab } from '@/features/reports/WorkTabs';
import { RulesTab } from '@/features/rules/RulesTab';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Empty, Guard } from '@/shared/ui/panel';
import { Rejections } from '@/shared/ui/Rejections';
import type { Session } from '@/shared/wire/answers';
import { TopBar } from '../console/TopBar';
import '../console/console.css';
import '@/features/gis/gis.css';
import '@/features/reports/reports.css';

const TABS = [...REPORTS, 'rules'] as const;
type Tab = (typeof TABS)[number];

const tabFromAddress = (): Tab =>
  TABS.find((tab) => tab === location.hash.slice(1)) ?? 'response-times';

/** What the supervisor watches now, what happened in a period, and the rules the centre works by. */
export default function SupervisePage({ session }: { session: Session }) {
  const { t } = useTranslation(SUPERVISE);
  const mayRead = useMay('reports.read');
  const [tab, setTab] = useState<Tab>(tabFromAddress);
  const [choice, setChoice] = useState<Choice>(usual);
  const [grouping, setGrouping] = useState<Grouping>('priority');
  const report = tab === 'rules' ? null : tab;
  const records = choice.source !== '';

  function show(next: Tab) {
    history.replaceState(null, '', `#${next}`);
    setTab(next);
    if (next !== 'rules' && records && !OF_RECORDS.includes(next)) setChoice(usual());
  }

  return (
    <div className="console supervise" data-testid="supervise">
      <TopBar session={session} />
      <main className="supervise-main">
        <h1 className="visually-hidden">{t('title')}</h1>
        <Guard>
          <NowRow />
        </Guard>
        {mayRead ? (
          <>
            <Guard>
              <LastHour />
            </Guard>
            <div className="tabs supervise-tabs" role="group" aria-label={t('tabs')}>
              {TABS.map((name) => (
                <button
                  key={name}
                  type="button"
                  className="button"
                  data-kind="quiet"
                  aria-pressed={tab === name}
                  data-testid={`tab-${name}`}
                  onClick={() => show(name)}
                >
                  {t(`tab.${name}`)}
                </button>
              ))}
            </div>
            {report && (
              <div className="report-choices">
                {OF_RECORDS.includes(report) && (
                  <SourcePicker choice={choice} onChoice={setChoice} />
                )}
                <PeriodPicker choice={choice} onChoice={setChoice} />
                <Downloads name={report} asked={choice} grouping={grouping} />
              </div>
            )}
            <div className="supervise-body" data-testid={`report-${tab}`}>
              <Guard key={tab}>
                {report ? (
                  <Report
                    name={report}
                    choice={choice}
                    grouping={grouping}
                    onGrouping={setGrouping}
                  />
                ) : (
                  <RulesTab />
                )}
              </Guard>
            </div>
          </>
        ) : (
          <Empty>{t('mayNot')}</Empty>
        )}
      </main>
      <Rejections />
    </div>
  );
}

interface ReportProps {
  name: ReportName;
  choice: Choice;
  grouping: Grouping;
  onGrouping: (grouping: Grouping) => void;
}

function Report({ name, choice, grouping, onGrouping }: ReportProps) {
  switch (name) {
    case 'response-times':
      return <ResponseTimesTab asked={choice} grouping={grouping} onGrouping={onGrouping} />;
    case 'calls':
      return <CallsTab asked={choice} />;
    case 'queues':
      return <QueuesTab asked={choice} />;
    case 'workload':
      return <WorkloadTab asked={choice} />;
    case 'overrides':
      return <OverridesTab asked={choice} />;
    case 'alarms':
      return <AlarmsTab asked={choice} />;
  }
}
