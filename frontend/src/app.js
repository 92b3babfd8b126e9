import './htmx.js'
import { start as startComponents } from './components.js'
import { start as startConfirm } from './confirm.js'
import { start as startCopy } from './copy.js'
import { start as startDepends } from './depends.js'
import { start as startDialogs } from './dialogs.js'
import { start as startDrafts } from './drafts.js'
import { start as startDrawer } from './drawer.js'
import { start as startFilters } from './filters.js'
import { start as startKeys } from './keys.js'
import { start as startMenus } from './menus.js'
import { start as startPoll } from './poll.js'
import { start as startPreferences } from './preferences.js'
import { start as startRows } from './rows.js'
import { start as startColumns } from './columns.js'
import { start as startToasts } from './toasts.js'

document.documentElement.classList.add('z-js')

startConfirm()
startDialogs()
startDrafts()
startDrawer()
startMenus()
startKeys()
startPreferences()
startRows()
startColumns()
startFilters()
startDepends()
startPoll()
startCopy()
startToasts()
startComponents()
