from django.urls import path

from fulfilment import views
from fulfilment.asking import views as asking_views
from fulfilment.handing_over import verify_views
from fulfilment.telling import recipient_views

app_name = "fulfilment"

urlpatterns = [
    path("verify/", verify_views.page, name="verify"),
    path(".well-known/dsar-signing-keys.json", verify_views.keys, name="signing_keys"),
    path("download/<str:secret>/", views.open_link, name="open"),
    path("download/<str:reference>/<int:pk>/", views.download, name="download"),
    path("download/<str:reference>/<int:pk>/code/", views.code, name="code"),
    path("download/<str:reference>/<int:pk>/file/", views.file, name="file"),
    path("recipient/<uuid:uid>/", recipient_views.notice, name="recipient"),
    path("recipient/<str:secret>/", recipient_views.link, name="recipient_link"),
    path("asked/<uuid:uid>/", asking_views.task, name="owner"),
    path("asked/<str:secret>/", asking_views.link, name="owner_link"),
    path("case/<str:reference>/told/", recipient_views.told, name="told"),
]
