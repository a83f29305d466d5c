import { EmergencyBanner } from './EmergencyBanner';
import { SoundKeeper } from './SoundKeeper';

/** What every desk page must see and hear, whatever it shows. */
export default function Watch() {
  return (
    <>
      <SoundKeeper />
      <EmergencyBanner />
    </>
  );
}
