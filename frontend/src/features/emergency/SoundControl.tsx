import { useState } from 'react';
import { useStore } from 'zustand';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { play, resumeSound, setVolume, sound } from '@/shared/sound/player';
import { Act } from '@/shared/ui/act';
import { SoundOff } from './EmergencyBanner';
import './emergency.css';

const STEP = 0.1;

/** How loud this desk is; units in danger and P1 keep a floor. */
export function SoundControl() {
  const { t } = useTranslation(DESK);
  const [open, setOpen] = useState(false);
  const volume = useStore(sound, (state) => state.volume);
  const state = useStore(sound, (now) => now.state);
  const percent = Math.round(volume * 100);
  return (
    <span className="sound-control" data-testid="sound" data-state={state}>
      <SoundOff />
      <Act
        testId="sound-open"
        kind="quiet"
        expanded={open}
        title={t('sound.title')}
        onClick={() => setOpen(!open)}
      >
        {t('sound.now', { percent })}
      </Act>
      {open && (
        <div className="sound-box">
          <label>
            {t('sound.volume')}
            <input
              type="range"
              min={0}
              max={1}
              step={STEP}
              value={volume}
              aria-valuetext={`${percent} %`}
              onChange={(event) => setVolume(Number(event.target.value))}
            />
          </label>
          <p className="dense muted">{t('sound.floor')}</p>
          <Act testId="sound-test" onClick={() => void resumeSound().then(() => play('critical'))}>
            {t('sound.test')}
          </Act>
        </div>
      )}
    </span>
  );
}
