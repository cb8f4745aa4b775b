/* Says in the page what allauth's own scripts only write to the console, and shows the buttons only where they work. */
(function () {
  'use strict'
  const show = id => { const line = document.getElementById(id); if (line) line.hidden = false }

  document.addEventListener('allauth.error', event => {
    event.preventDefault()
    show('passkey-failed')
  })

  document.addEventListener('DOMContentLoaded', () => {
    const named = !/^[\d.]+$|:/.test(location.hostname) // a passkey belongs to a name, never to a number
    const able = named && Boolean(window.PublicKeyCredential)
    document.querySelectorAll('[data-passkey]').forEach(button => { button.hidden = !able })
    if (!able && document.querySelector('[data-passkey-alone]')) show('passkey-absent')
  })

  document.addEventListener('click', event => {
    if (!event.target.closest('[data-passkey]')) return
    const line = document.getElementById('passkey-failed')
    if (line) line.hidden = true
  }, true)
})()
