/** A few codes in the shape of GET /codes. */

const labels = (es: string, en: string) => ({ es, en, gn: '' });
const type = (code: string, agency: string, priority: number, es: string, en: string) => ({
  code,
  agency,
  priority,
  plan: {},
  labels: labels(es, en),
});

export const CODES = {
  incident_types: [
    type('structure_fire', 'CBVP', 1, 'Incendio de edificio', 'Structure fire'),
    type('traffic_accident', 'PMT', 2, 'Accidente de tránsito', 'Traffic accident'),
    type('robbery', 'POL', 2, 'Asalto', 'Robbery'),
    type('medical', 'SEME', 1, 'Emergencia médica', 'Medical emergency'),
    type('noise', 'POL', 4, 'Polución sonora', 'Noise'),
    type('fight', 'POL', 3, 'Riña', 'Fight'),
    type('family_violence', 'POL', 1, 'Violencia familiar', 'Family violence'),
  ],
  call_dispositions: [
    { code: 'prank', labels: labels('Broma', 'Prank') },
    { code: 'misdial', labels: labels('Número equivocado', 'Wrong number') },
  ],
  incident_dispositions: [
    { code: 'resolved', labels: labels('Resuelto en el lugar', 'Resolved on scene') },
    { code: 'transported', labels: labels('Trasladado a un hospital', 'Taken to hospital') },
    { code: 'false_alarm', labels: labels('Falsa alarma', 'False alarm') },
  ],
  unit_statuses: (
    [
      ['acknowledged', 'Recibido', 'Acknowledged'],
      ['en_route', 'En camino', 'En route'],
      ['on_scene', 'En el lugar', 'On scene'],
      ['transporting', 'Trasladando', 'Transporting'],
      ['clear', 'Liberado', 'Clear'],
      ['in_service', 'En servicio', 'In service'],
      ['break', 'En descanso', 'On a break'],
      ['out_of_service', 'Fuera de servicio', 'Out of service'],
    ] as const
  ).map(([code, es, en]) => ({ code, availability: '', activity: code, labels: labels(es, en) })),
  alarm_reasons: [
    { code: 'false_alarm', labels: labels('Falsa alarma', 'False alarm') },
    { code: 'animal', labels: labels('Animal', 'Animal') },
    { code: 'weather', labels: labels('Lluvia, viento o sombra', 'Rain, wind or shadow') },
  ],
  view_purposes: [
    { code: 'patrol', labels: labels('Ronda de vigilancia', 'Surveillance round') },
    { code: 'support', labels: labels('Apoyo a un móvil', 'Support to a unit') },
  ],
};

/** Callsign, kind, agency, capability. */
export const UNITS = [
  ['M12', 'ambulance', 'SEME', 'ambulance'],
  ['M14', 'ambulance', 'SEME', 'ambulance'],
  ['M21', 'ambulance', 'SEME', 'ambulance'],
  ['B3', 'fire_engine', 'CBVP', 'fire'],
  ['B12', 'fire_engine', 'CBVP', 'fire'],
  ['R1', 'rescue', 'CBVP', 'rescue'],
  ['P101', 'patrol', 'POL', 'patrol'],
  ['P102', 'patrol', 'POL', 'patrol'],
  ['P107', 'patrol', 'POL', 'patrol'],
  ['P115', 'motorcycle', 'POL', 'patrol'],
  ['P116', 'motorcycle', 'POL', 'patrol'],
  ['P120', 'patrol', 'POL', 'patrol'],
  ['T4', 'motorcycle', 'PMT', 'traffic'],
  ['T9', 'patrol', 'PMT', 'traffic'],
] as const;
