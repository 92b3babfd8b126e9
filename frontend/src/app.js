import './htmx.js'
import { start as startBell } from './bell.js'
import { start as startArrange } from './arrange.js'
import { start as startBoard } from './board.js'
import { start as startCalendar } from './calendar.js'
import { start as startComponents } from './components.js'
import { start as startColumnOrder } from './column_order.js'
import { start as startConditions } from './conditions.js'
import { start as startConfirm } from './confirm.js'
import { start as startCopy } from './copy.js'
import { start as startDepends } from './depends.js'
import { start as startDialogs } from './dialogs.js'
import { start as startDrafts } from './drafts.js'
import { start as startDrawer } from './drawer.js'
import { start as startFilters } from './filters.js'
import { start as startImport } from './import.js'
import { start as startInline } from './inline.js'
import { start as startKeys } from './keys.js'
import { start as startLook } from './look.js'
import { start as startMenus } from './menus.js'
import { start as startOnce } from './once.js'
import { start as startMentions } from './mentions.js'
import { start as startPoll } from './poll.js'
import { start as startPreferences } from './preferences.js'
import { start as startQuick } from './quick.js'
import { start as startRows } from './rows.js'
import { start as startColumns } from './columns.js'
import { start as startToasts } from './toasts.js'
import { start as startUploads } from './uploads.js'
import { start as startViewed } from './viewed.js'

document.documentElement.classList.add('z-js')

startOnce()
startConfirm()
startArrange()
startBoard()
startCalendar()
startDialogs()
startDrafts()
startDrawer()
startLook()
startMenus()
startImport()
startInline()
startKeys()
startPreferences()
startQuick()
startRows()
startColumns()
startFilters()
startDepends()
startPoll()
startMentions()
startCopy()
startToasts()
startConditions()
startColumnOrder()
startComponents()
startViewed()
startBell()
startUploads()

// Browsers allow it on https and on this machine; without it everything works but the page that says one is offline.
if ('serviceWorker' in navigator && document.querySelector('link[rel="manifest"]')) navigator.serviceWorker.register('/worker.js').catch(() => {})
