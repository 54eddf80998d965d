// Proposes the zone that this device is set to: <select data-own-time-zone>. Whoever chose already is left alone.
for (const select of document.querySelectorAll("select[data-own-time-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === zone)) select.value = zone;
}
