from django.urls import path

from dsar_portal.demo import mail_views

app_name = "demo_mail"
urlpatterns = [
    path("", mail_views.inbox, name="inbox"),
    path("<str:key>/", mail_views.message, name="message"),
    path("<str:key>/html", mail_views.html, name="html"),
    path("<str:key>/<int:number>", mail_views.attachment, name="attachment"),
]
