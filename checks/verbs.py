"""The verbs with which the summary and the id of an operation may begin.

Add the field's verb where one lacks; `Show` is `Get`, and `State`, `Place` and `Log` are nouns in a summary.
"""

_LISTED = """
Abort Accept Acknowledge Activate Add Advance Agree Announce Answer Apply Approve Ask Assess Assign
Attach Authorize Book Calculate Cancel Change Check Choose Claim Close Comment Compare Complete
Compute Confirm Convert Copy Correct Count Create Deactivate Decide Decline Define Delete Describe
Discard Dismiss Download Draft Draw End Enter Escalate Estimate Evaluate Exclude Execute Explain
Export Extend Fail Fetch Find Finish Follow Forecast Forward Generate Get Give Grant Hand Hold
Import Include Issue Join Keep Leave Link List Lock Mark Match Measure Merge Move Mute Name Notify
Offer Open Overrule Page Pause Plan Postpone Preview Prioritise Propose Prove Publish Put Raise Read
Reassign Receive Reclassify Record Redraft Reduce Refuse Regenerate Register Reject Release Remind
Remove Render Reopen Replace Replay Reply Report Request Resolve Restart Restore Resume Retire
Retract Retry Return Review Revise Revoke Roll Schedule Search Send Set Shorten Sign Simulate Skip
Snooze Split Start Stop Stream Submit Subscribe Suggest Suspend Take Terminate Test Transfer Try
Unassign Undo Unlink Unlock Unmerge Unsubscribe Unwatch Update Upload Validate Verify Void Wait
Waive Watch Withdraw Write
"""

VERBS = frozenset(_LISTED.split())
